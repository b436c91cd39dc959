"""Clauses of this area of the policy, one to a file."""

"""The clauses of the policy, one to a file; `expectations.model.registry` finds them."""

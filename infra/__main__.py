"""`python -m infra`: the door, for the parts that `clausewatch up` starts."""

from infra.door import main

main()

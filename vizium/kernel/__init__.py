"""Values of the field: money, time, identifiers, register numbers and the one error tree.

Standard library only and pure: every other floor stands on this one, and it stands on nothing.
"""

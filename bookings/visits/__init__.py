"""Sessions that schools can take, and the life of a visit from hold to departure."""

"""The rungs of `validate`: small checks, each of one kind of fault, none knowing of another."""

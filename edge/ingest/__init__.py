"""Subscribe, decode, batch, hand to the sink, and only then acknowledge."""

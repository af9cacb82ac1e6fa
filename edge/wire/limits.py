"""What the wire accepts at most; everything beyond becomes a dead letter."""

# A record of 100 readings fits five times over; a broker that allows 20 kB still passes it on.
PAYLOAD_BYTES_MAX = 16_384
# MQTT allows 65,535 bytes; ours are 60 and the longest foreign dialect's below 200.
TOPIC_CHARACTERS_MAX = 512
# The contract's own bound, so that one message never outgrows one batch of 500.
RECORDS_PER_MESSAGE_MAX = 100
# A floor exhibit has ten; the bound keeps one device from filling the catalogue of metrics.
METRICS_PER_RECORD_MAX = 64
TEXT_CHARACTERS_MAX = 500
# Integers that every JSON reader and both databases hold exactly.
INTEGER_MAX = 2**53 - 1
# Far above any sensor and far enough below 1e308 that sums of a year stay finite.
METRIC_MAGNITUDE_MAX = 1e15
# The hub sends the time every 60 s; more than this ahead is a wrong clock, not a drift.
FUTURE_TOLERANCE_MS = 5 * 60 * 1000
# 2020-01-01: before it a clock was not set (Tasmota says 1970, Shelly 1.61 s).
CLOCK_SET_SINCE_MS = 1_577_836_800_000
USE_DURATION_MS_MAX = 24 * 60 * 60 * 1000

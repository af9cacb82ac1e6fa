"""Background work on the database: enqueued in the transaction of its cause."""

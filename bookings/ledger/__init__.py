"""Accounts and transfers: the money of the fund, append-only and guarded by the database."""

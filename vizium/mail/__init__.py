"""The outbox: mails are rows first, and leave by SMTP afterwards."""

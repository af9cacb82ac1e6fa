"""Programmes of several dated sessions: enrolment, attendance, completion, certificate."""

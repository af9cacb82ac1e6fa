"""Pages of people: how they sign in, and how administrators let them in and out."""

from vizium.auth.pages import sign_in
from vizium.auth.pages.people import PEOPLE

PAGES = [*sign_in.PAGES, *PEOPLE]

"""Who may do what: the only code that writes accounts, seats, members, roles and tokens (domain.md 5.9).

Each change locks the user it concerns and leaves one event in its transaction.
"""

from partners.services.accounts import AccountInput, change_account, create_account, set_password
from partners.services.members import add_member, change_member, end_member
from partners.services.seats import end_seat, give_seat
from partners.services.tokens import end_own_tokens, issue_token, revoke_token

__all__ = [
    "AccountInput",
    "add_member",
    "change_account",
    "change_member",
    "create_account",
    "end_member",
    "end_own_tokens",
    "end_seat",
    "give_seat",
    "issue_token",
    "revoke_token",
    "set_password",
]

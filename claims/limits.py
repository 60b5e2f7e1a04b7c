"""Lengths of what people type, shared by forms, serializers and columns, so that all doors refuse the same shapes."""

NAME_LENGTH = 100
COMMENT_LENGTH = 4_000
TYPED_ID_LENGTH = 200
DOMAIN_LENGTH = 300
CODE_LENGTH = 64
PERSON_LENGTH = 100
EMAIL_LENGTH = 254
PHONE_LENGTH = 40
ENTRIES = 50
ACTIVITIES = 10

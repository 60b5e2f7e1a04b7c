"""The ground of the house: pure primitives, the journal, and what doors and imports share. It knows no app."""

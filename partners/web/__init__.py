"""Pages of the partners' own side, and what every page for partners shares."""

"""Pictures and pages for people: this room reads results and decides nothing."""

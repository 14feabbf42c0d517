"""Where the printed text needs a correction or a choice: the exact witness, and the statement that holds."""

"""The theories: which facts about the blocks of a construction imply that it computes V^n g."""

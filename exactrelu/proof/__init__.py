"""The proof language: facts about blocks on domains, made by one kernel, and theories that draw conclusions from them.

A *form* is an affine form over keys (`forms`). A *domain* holds the values that the keys may have (`domains`). The
*kernel* follows a block over a domain, unit by unit, and makes facts; nothing else can (`kernel`). A *theory*
(`theories`) says which facts about a network are wanted and what follows from all of them.
"""

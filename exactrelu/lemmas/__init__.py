"""Every numbered statement of the paper as an executable check, and the runner that writes proofs/.

One module for each statement, named by its label; `findings` has what the printed text gets wrong, `beyond` what the
constructions use and the paper does not say. Each takes the object under check as a parameter, so that a broken one can
be put in its place, and answers with facts: proved for all cases of a stated scope, or refuted by an exact witness.
"""

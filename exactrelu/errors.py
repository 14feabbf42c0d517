"""The exceptions of exactrelu: one root, one child for each way in which a command can end."""


class ExactReluError(Exception):
    """Root of every exception that exactrelu raises on purpose."""


class InputError(ExactReluError):
    """Raised when a file, an option or an argument cannot be used.

    The message is one line that says what is wrong, where, and how to mend it. The command line ends with exit code 2.
    """


class UndecidedError(ExactReluError):
    """Raised when a limit was reached or a proof could not be completed, so that nothing was decided.

    The message says what to do next. The command line ends with exit code 3.
    """

"""The compiled core, and nothing else: all metadata is in setup.cfg.

It is optional. Where it cannot be compiled, the package is installed without it, and exactrelu takes its plain path.
The name of a wheel says whether the core is inside: one for a platform has it, one for any platform has not.
"""

from glob import glob
from os.path import exists

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel


class Wheel(bdist_wheel):
    """A wheel for Python's stable ABI and one platform, or, without the core, for all of them."""

    def get_tag(self):
        """Return the tags in the name of the wheel, when everything has been built."""
        if any(map(exists, self.get_finalized_command("build_ext").get_outputs())):
            return super().get_tag()
        self.root_is_pure = True
        return "py3", "none", "any"


setup(
    ext_modules=[
        Extension(
            "exactrelu.core._compiled",
            sorted(glob("exactrelu/core/*.c")),
            depends=sorted(glob("exactrelu/core/*.h")),
            extra_compile_args=["-O3", "-std=c11", "-fvisibility=hidden"],
            py_limited_api=True,
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
    cmdclass={"bdist_wheel": Wheel},
)

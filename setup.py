"""What pyproject.toml cannot say: the installed package leaves out the modules that belong to the repository's
build.
"""

from setuptools import setup
from setuptools.command.build_py import build_py

OF_THE_BUILD = {"study", "figures"}  # they read results, which are not installed


class SamplersAlone(build_py):
    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        found = super().find_package_modules(package, package_dir)
        return [module for module in found if module[1] not in OF_THE_BUILD]


setup(cmdclass={"build_py": SamplersAlone})

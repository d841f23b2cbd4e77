"""Builds a project that has acta as a subfolder: a plugin and a layout test, by the functions that acta brings along.

usage: subfolder_test.py project acta_source cmake_arguments...
"""
import subprocess
import sys
import tempfile

project, acta, *cmake_arguments = sys.argv[1:]


def succeed(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nfailed: {' '.join(command)}")


with tempfile.TemporaryDirectory() as build:
    succeed("cmake", "-Wno-dev", "-S", project, "-B", build, f"-DACTA_SOURCE={acta}", *cmake_arguments)
    for target in "plugin", "plugin_update_layouts":
        succeed("cmake", "--build", build, "-j2", "--target", target)
    succeed("ctest", "--test-dir", build, "--tests-regex", "plugin.layouts", "--no-tests=error")

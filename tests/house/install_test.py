"""Installs a build into a temporary folder and builds a project outside of the tree against it.

A plugin finds the headers of acta::read and exports one symbol; a plugin that includes a header of the write side finds no such file;
a program that links both sides finds both, and every library that they use. The layout test of an installed acta passes on the file that it
has written, and fails on another one.

usage: install_test.py project build_folder cmake_arguments...
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

project, build_folder, *cmake_arguments = sys.argv[1:]


def run(*command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return result.returncode, result.stdout


def succeed(*command):
    code, said = run(*command)
    if code != 0:
        sys.exit(f"{said}\nfailed: {' '.join(command)}")
    return said


with tempfile.TemporaryDirectory() as temporary:
    prefix, outside = f"{temporary}/prefix", f"{temporary}/outside"
    succeed("cmake", "--install", build_folder, "--prefix", prefix)
    source = shutil.copytree(project, f"{temporary}/source")
    succeed("cmake", "-Wno-dev", "-S", source, "-B", outside, f"-DCMAKE_PREFIX_PATH={prefix}", *cmake_arguments)
    succeed("cmake", "--build", outside)

    symbols = [line.split()[-1] for line in succeed("nm", "-D", "--defined-only", f"{outside}/plugin.so").splitlines()]
    if symbols != ["acta_projection_plugin"]:
        sys.exit(f"the plugin exports {symbols}, and should export acta_projection_plugin alone")

    code, said = run("cmake", "--build", outside, "--target", "curious_plugin")
    if code == 0 or not re.search(r"acta/write/dispatcher\.hpp('|: No such) file", said):
        sys.exit(f"{said}\na plugin that includes acta/write/dispatcher.hpp should find no such file")

    succeed("cmake", "--build", outside, "--target", "plugin_update_layouts")
    layouts = pathlib.Path(source) / "layouts.txt"
    kept = layouts.read_text()
    if not kept.strip():
        sys.exit("plugin_update_layouts has written an empty file")
    succeed("ctest", "--test-dir", outside, "--tests-regex", "plugin.layouts", "--no-tests=error")
    layouts.write_text(kept.replace("i64", "i32") if "i64" in kept else kept[1:])
    code, said = run("ctest", "--test-dir", outside, "--tests-regex", "plugin.layouts", "--no-tests=error")
    if code == 0:
        sys.exit(f"{said}\nplugin.layouts passes although the committed layouts are others")

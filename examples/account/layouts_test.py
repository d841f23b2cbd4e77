"""What acta_add_layout_test says when layouts are not those of the committed file, and that it writes the file on demand."""

import pathlib
import subprocess
import sys
import tempfile


def run(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def main(program, committed):
    text = pathlib.Path(committed).read_text()
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "layouts.txt")
        code, said = run(program, copy)
        assert code == 1 and "is not there: build the target that ends in _update_layouts" in said, said
        code, said = run(program, copy, "--update")
        assert code == 0 and copy.read_text() == text, said
        assert run(program, copy) == (0, "")
        copy.write_text(text.replace('cents "i64"', 'cents "i32"', 1))
        code, said = run(program, copy)
        assert code == 1, said
        assert '- account.deposited revision 1:    cents "i32"\n+ account.deposited revision 1:    cents "i64"\n' in said, said
        assert "_update_layouts" in said, said


main(*sys.argv[1:])

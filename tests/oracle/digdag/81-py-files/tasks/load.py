from pathlib import Path
from tasks.common import read
import glob, json
class Loader(object):
    def __init__(self):
        self.base = Path("queries")
    def run(self, name):
        print("@@", read(self.base, name))
        print("@@", (Path(__file__).resolve().parent.parent / "conf" / "x.json").is_file())
def listing():
    for name in sorted(glob.glob("queries/**/*.sql", recursive=True)):
        print("@@", name)
    print("@@", json.load(open("conf/x.json"))["k"])

import os, sys
here = os.path.dirname(os.path.abspath(__file__))
print("@@", open(os.path.join(here, "..", "queries", sys.argv[1] + ".sql")).read().strip())

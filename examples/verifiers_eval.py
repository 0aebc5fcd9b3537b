"""verifiers evaluates a model on the built-in problems; the model is a stand-in on this machine.

    python examples/verifiers_eval.py

It wants ``pip install 'codegym[verifiers]'``. The stand-in answers as OpenAI's interface does: wrong at first, and
right once it has read feedback. verifiers runs its loop of turns in an interpreter of its own, for which `uv` gets
packages.
"""

import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import codegym

REFERENCES = {problem.title: problem.reference for problem in codegym.load_problems("builtin")}


class StandIn(http.server.BaseHTTPRequestHandler):
    """One model, of one route."""

    def do_POST(self) -> None:
        """Answer a chat."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = [str(message["content"]) for message in asked["messages"] if message["role"] == "user"]
        title = next(title for title in REFERENCES if f"# {title}\n" in texts[0])
        program = REFERENCES[title] if len(texts) > 1 else "print('I do not know')"
        message = {"role": "assistant", "content": f"I would say:\n\n```python\n{program}\n```"}
        part = "delta" if asked.get("stream") else "message"
        choice = {"index": 0, part: message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        kind = "chat.completion.chunk" if asked.get("stream") else "chat.completion"
        head = {"id": "1", "object": kind, "created": 0, "model": "stand-in"}
        body = json.dumps({**head, "choices": [choice], "usage": usage}).encode()
        if asked.get("stream"):
            body = b"data: " + body + b"\n\ndata: [DONE]\n\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if asked.get("stream") else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    out = Path(tempfile.mkdtemp())
    options = {
        "--select.limit": "2",
        "--client.base-url": f"http://127.0.0.1:{server.server_port}/v1",
        "--model": "stand-in",
        "--push": "False",
        "--env.agent.runtime.type": "subprocess",
        "--output-dir": str(out),
    }
    command = [str(Path(sys.executable).parent / "vf-eval"), "codegym_tasks"]
    command += [word for option in options.items() for word in option]
    folder = str(Path(__file__).resolve().parent)
    path = os.pathsep.join([folder, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]).rstrip(os.pathsep)
    subprocess.run(command, env={**os.environ, "PYTHONPATH": path, "PRIME_API_KEY": "none"}, check=True)
    for line in next(out.rglob("traces.jsonl")).read_text().splitlines():
        episode = json.loads(line)
        for trace in episode["traces"]:
            print(episode["task"]["data"]["problem_id"], trace["rewards"], trace["metrics"])


if __name__ == "__main__":
    main()

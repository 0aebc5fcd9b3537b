"""OpenEnv: a server with the environment, and a client that plays an episode on it.

    python examples/openenv_server.py

It wants ``pip install 'codegym[openenv]'``. The server listens on this machine alone, at a port that is free.
"""

import socket
import threading

import uvicorn

from codegym.integrations.openenv import CodeAction, CodeRepairClient, create_app


def main() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app("builtin", max_turns=3), log_level="critical"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()

    with CodeRepairClient(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}").sync() as client:
        print(client.reset(problem_id="sum-of-two").observation.text)
        for program in ("print(input())", "print(sum(map(int, input().split())))"):
            result = client.step(CodeAction(program=program))
            print(result.observation.text)
            print(f"reward {result.reward:+g}, done {result.done}, {client.state().step_count} steps\n")

    server.should_exit = True
    thread.join()


if __name__ == "__main__":
    main()

import asyncio
async def work(n):
    await asyncio.sleep(0.01 * (3 - n))
    print("done", n)
    return n
async def main():
    print(await asyncio.gather(*map(work, range(3))), await asyncio.to_thread(lambda: "thread"))
    process = await asyncio.create_subprocess_exec("echo", "child", stdout=asyncio.subprocess.PIPE)
    print(await process.communicate())
asyncio.run(main())

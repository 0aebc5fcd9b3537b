import asyncio
async def numbers():
    try:
        for n in range(5):
            yield n
    finally:
        print("generator closed")
async def main():
    async for n in numbers():
        print(n)
        break
    asyncio.get_running_loop().create_task(asyncio.sleep(10))
asyncio.run(main())
loop = asyncio.new_event_loop()
print(loop.run_until_complete(asyncio.sleep(0, "left open")))

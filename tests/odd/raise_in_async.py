import asyncio
async def bad():
    await asyncio.sleep(0)
    raise ValueError("in task")
async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(bad())
asyncio.run(main())

# Runs programs that nobody observes, each in a process of its own, forked off this one.
#
# A line of JSON comes in for each program, and one goes out: what it printed, and the exception that left it; or how it died.
# The first line of all names the modules that are there from the start.
# What is put away at the end goes in the order in which the observer's teardown puts it away.
import builtins, gc, io, json, os, random, select, signal, site, sys, time, types

requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
with open(os.devnull, "r+b") as nothing:
    for standard in 0, 1, 2:
        os.dup2(nothing.fileno(), standard)
for gift in site.setquit, site.setcopyright, site.sethelper:
    gift()
sys.argv[:] = [""]
own, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
random.seed(0)
GIVEN = "__name__", "__builtins__"
dumps, getpid, leave, write = json.dumps, os.getpid, os._exit, os.write


def plain(text):
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def words(error, code):
    try:
        message = plain(str(error))
    except BaseException:
        message = "<exception str() failed>"
    place = error.__traceback__
    while place and place.tb_frame.f_code is not code:
        place = place.tb_next
    return [type(error).__name__, message, place and place.tb_lineno]


def run_deeper(levels, code, names):
    # By turns through an iterator and through a builtin function: they take different amounts of the room for native calls.
    if levels == 1:
        exec(code, names)
    elif levels % 2:
        for _ in map(run_deeper, (levels - 1,), (code,), (names,)):
            pass
    else:
        exec("run_deeper(levels - 1, code, names)", {"run_deeper": run_deeper, "levels": levels, "code": code, "names": names})


def delete_globals(names):
    for _ in range(1_000_000):
        for name in names:
            if not (type(name) is str and name in GIVEN):
                break
        else:
            return
        try:
            del names[name]
        except BaseException:
            return
        del name


def delete_modules(there, folder):
    if not folder:
        return
    for name in [name for name in sys.modules if name not in there][::-1]:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
            del sys.modules[name]


def answer_of(process, pipe, patience):
    end, parts = time.monotonic() + patience, []
    while True:
        if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return '{"died": "time_out"}'
        part = os.read(pipe, 1 << 16)
        if not part:
            break
        parts.append(part)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if status or not parts:
        return dumps({"died": f"signal {-status}" if status < 0 else f"status {status}"})
    return b"".join(parts).decode()


for name in json.loads(requests.readline()):
    try:
        __import__(name)
    except BaseException:
        pass
gc.disable()
gc.collect()
gc.freeze()
for line in requests:
    request = json.loads(line)
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        process, folder = getpid(), request["folder"]
        try:
            code = compile(bytes.fromhex(request["source"]), request["filename"], "exec", 0, True)
        except BaseException:
            write(writing, b'{"refused": null}')
            leave(0)
        if folder:
            sys.path.insert(0, folder)
        sys.stdout, sys.stderr = printed, _ = io.StringIO(), io.StringIO()
        there, raised = set(sys.modules), None
        gc.freeze()
        names = {"__name__": "__main__", "__builtins__": builtins}
        try:
            if request["deeper"]:
                run_deeper(request["deeper"], code, names)
            else:
                exec(code, names)
        except BaseException as error:
            raised = words(error, code)
        delete_globals(names)
        delete_modules(there, folder)
        gc.collect()
        if getpid() != process:
            leave(0)
        text = dumps({"ran": {"output": plain(printed.getvalue()), "raised": raised}}).encode()
        while text:
            text = text[write(writing, text):]
        leave(0)
    os.close(writing)
    answers.write(answer_of(process, reading, request["patience"]) + "\n")
    answers.flush()
    os.close(reading)

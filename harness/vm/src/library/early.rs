//! Which modules of the library CPython has imported before the first snippet runs: importing one of them in the midst of a run makes
//! nothing, importing another one makes all that is in it, and counts it.

use crate::object::missing::lists;
use crate::vm::Vm;

/// What the observer finds in `sys.modules`, after it has imported what programs use. A name that not all versions have is followed by `/`
/// and the first minor version that has it, or `/-` and the last one.
const EARLY: &str = "\
    __future__ _abc _ast _asyncio _bisect _blake2 _bz2 _codecs _collections _collections_abc _colorize/13 _compat_pickle \
    _compression _contextvars _csv _datetime _decimal _frozen_importlib _frozen_importlib_external _functools _hashlib \
    _heapq _imp _io _json _locale _lzma _opcode _opcode_metadata/13 _operator _pickle _posixsubprocess _queue _random \
    _sha512/-11 _signal _sitebuiltins _socket _sre _ssl _stat _statistics _string _struct _symtable _thread _tokenize/12 \
    _typing _uuid _warnings _weakref _weakrefset _zoneinfo abc argparse array ast asyncio asyncio.base_events \
    asyncio.base_futures asyncio.base_subprocess asyncio.base_tasks asyncio.constants asyncio.coroutines asyncio.events \
    asyncio.exceptions asyncio.format_helpers asyncio.futures asyncio.locks asyncio.log asyncio.mixins asyncio.protocols \
    asyncio.queues asyncio.runners asyncio.selector_events asyncio.sslproto asyncio.staggered asyncio.streams \
    asyncio.subprocess asyncio.taskgroups asyncio.tasks asyncio.threads asyncio.timeouts asyncio.transports asyncio.trsock \
    asyncio.unix_events atexit base64 bdb binascii bisect builtins bz2 calendar cmath cmd code codecs codeop collections \
    collections.abc concurrent concurrent.futures concurrent.futures._base configparser contextlib contextvars copy \
    copyreg csv dataclasses datetime decimal difflib dis doctest email encodings encodings.aliases encodings.utf_8 enum \
    errno faulthandler fcntl fnmatch fractions functools gc genericpath gettext glob grp/13 hashlib heapq hmac html \
    html.entities importlib importlib._abc importlib._bootstrap importlib._bootstrap_external importlib.machinery \
    importlib.util inspect io ipaddress/-12 itertools json json.decoder json.encoder json.scanner keyword linecache locale \
    logging lzma marshal math ntpath numbers opcode operator os os.path pathlib pathlib._abc/13 pathlib._local/13 pdb \
    pickle pkgutil platform/-12 posix posixpath pprint pwd/13 queue random re re._casefix re._compiler re._constants \
    re._parser readline reprlib rlcompleter/13 sched secrets select selectors shlex shutil signal site socket ssl stat \
    statistics string struct subprocess symtable sys sysconfig tempfile textwrap threading time timeit token tokenize \
    traceback types typing typing.io/-12 typing.re/-12 unicodedata unittest unittest.case unittest.loader unittest.main \
    unittest.mock unittest.result unittest.runner unittest.signals unittest.suite unittest.util urllib/-12 \
    urllib.parse/-12 uuid warnings weakref zipimport zlib zoneinfo zoneinfo._common zoneinfo._tzpath";

impl Vm {
    /// Whether CPython has imported a module before the snippet runs, though the snippet does not name it.
    pub(super) fn is_early(&self, module: &str) -> bool {
        lists(EARLY, module, self.profile.version.minor)
    }
}

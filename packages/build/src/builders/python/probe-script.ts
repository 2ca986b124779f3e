/**
 * Says as JSON what a Python has: itself, the tools that build, and what of a backend's requirements is missing. Modules
 * of the project's folder must not be taken for those of Python.
 */
export const PROBE: string = `
import sys
sys.path[:] = [path for path in sys.path if path]
if sys.version_info < (3, 8):
    sys.exit("Python 3.8 or newer is needed, this is " + sys.version.split()[0])
import importlib.metadata as metadata
import importlib.util
import json

def has(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, AttributeError, ValueError):
        return False

def version_of(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None

def requirement_class():
    for name in ("packaging.requirements", "pip._vendor.packaging.requirements", "setuptools._vendor.packaging.requirements"):
        try:
            return importlib.import_module(name).Requirement
        except ImportError:
            pass
    return None

def satisfied(text):
    requirement = Requirement(text)
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    version = version_of(requirement.name)
    if version is None:
        return False
    return requirement.url is None and requirement.specifier.contains(version, prereleases=True)

backend = json.loads(sys.argv[1])
Requirement = requirement_class()
missing = []
for text in backend["requires"]:
    try:
        if Requirement is None or not satisfied(text):
            missing.append(text)
    except Exception:
        missing.append(text)
module = backend["module"].split(":")[0]
# a requirement that is missing brings it: pip knows packages, not modules
if not missing and not backend["path"] and not has(module):
    missing.append(module)
# setuptools makes wheels itself from 70.1 on
if module.startswith("setuptools") and not has("setuptools.command.bdist_wheel") and not has("wheel"):
    missing.append("wheel")
names = ["build", "setuptools", "wheel", module.split(".")[0].replace("_", "-")]
versions = {name: version_of(name) for name in names}
print(json.dumps({
    "executable": sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "hasBuild": has("build.__main__"),
    "hasPip": has("pip"),
    "missing": missing,
    "versions": {name: version for name, version in versions.items() if version},
}))
`;

// Which program, or plugin, makes rows: so that a rebuild never goes on with what another build of it began.
#include "replay/made_by.hpp"

#include <acta/read/delivery.hpp>

#include <dlfcn.h>
#include <sys/stat.h>
#include <bit>
#include <fstream>

namespace acta::detail {

namespace {

std::string code_of(const acta_projection& projection) {
    Dl_info where{};
    if (::dladdr(std::bit_cast<const void*>(projection.apply), &where) == 0 || !where.dli_fname) return "?";
    struct stat file {};
    if (::stat("/proc/self/exe", &file) != 0) return "?";
    struct stat library {};
    if (where.dli_fname[0] == '/' && ::stat(where.dli_fname, &library) == 0) file = library;
    return std::to_string(file.st_ino) + ":" + std::to_string(file.st_size) + ":" + std::to_string(file.st_mtim.tv_sec) + "." +
           std::to_string(file.st_mtim.tv_nsec);
}

}  // namespace

std::string made_by(const runner::group& projections) {
    std::string out;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), out);
    for (const acta_projection* const each : projections)
        out += " " + std::string(projections::view(each->name)) + "/" + std::to_string(each->revision) + "@" + code_of(*each);
    return out;
}

}  // namespace acta::detail

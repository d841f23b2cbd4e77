// What the codec says of a type that it cannot store.
#include <acta/event/layout_codec.hpp>
#include <acta/event/result.hpp>

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace acta::detail {

void refuse_type(const char* type, const char* why) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> readable(abi::__cxa_demangle(type, nullptr, nullptr, &status), &std::free);
    throw failure(errc::misuse, std::string("the type ") + (readable ? readable.get() : type) + " cannot be stored in an event: " + why);
}

std::string storable_text(const layout& of, const char* type) {
    try {
        std::string text = of.to_text();
        layout::from_text(text);
        return text;
    } catch (const failure& why) { refuse_type(type, why.what()); }
}

}  // namespace acta::detail

// What the fuzzed programs share.
#include "fuzzing.hpp"

#include <algorithm>

extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, std::size_t),
                                                         void (*free_hook)(const volatile void*));

namespace fuzzing {

namespace {

thread_local std::size_t most_allowed = static_cast<std::size_t>(-1);

void look(const volatile void*, std::size_t size) {
    if (size > most_allowed) {
        std::fprintf(stderr, "an allocation of %zu bytes, and at most %zu are allowed\n", size,
                     std::exchange(most_allowed, static_cast<std::size_t>(-1)));
        std::abort();
    }
}
void pass(const volatile void*) {}

acta::layout_kind narrow(acta::layout_kind kind) {
    using enum acta::layout_kind;
    switch (kind) {
    case u64: return u16;
    case u32: return u8;
    case i64: return u32;
    case i32: return i8;
    default: return kind;
    }
}

}  // namespace

memory_limit::memory_limit(std::size_t most) {
    static const bool installed = __sanitizer_install_malloc_and_free_hooks(&look, &pass) != 0;
    if (!installed) broken("the sanitizer lets nobody watch its allocations");
    most_allowed = most;
}
memory_limit::~memory_limit() { most_allowed = static_cast<std::size_t>(-1); }

acta::layout aged(acta::layout now, age how) {
    using enum acta::layout_kind;
    if (how == age::narrower) now.kind = narrow(now.kind);
    if (how == age::stricter && now.kind == optional) {
        acta::layout inside = aged(now.inner[0], how);
        inside.name = now.name;
        return inside;
    }
    const bool keys = now.kind == set || now.kind == map;  // of which nothing may go
    for (std::size_t i = keys ? 1 : 0; i < now.inner.size(); ++i) now.inner[i] = aged(std::move(now.inner[i]), how);
    const bool named = std::all_of(now.inner.begin(), now.inner.end(), [](const acta::layout& field) { return !field.name.empty(); });
    if (now.kind != structure || !named) return now;
    if (how == age::turned) std::reverse(now.inner.begin(), now.inner.end());
    if (how == age::longer) {
        acta::layout more;
        more.kind = text;
        more.name = "a field that went";
        now.inner.insert(now.inner.begin() + static_cast<std::ptrdiff_t>(now.inner.size() / 2), more);
    }
    if (how == age::shorter && now.inner.size() > 1) now.inner.erase(now.inner.begin());
    return now;
}

const std::vector<pair>& pairs() {
    static const std::vector<pair> all = [] {
        std::vector<pair> made;
        for (const acta::event_codec* const codec : codecs()) {
            made.push_back({codec, codec->shape});
            for (std::size_t how = 0; how < ages; ++how) made.push_back({codec, aged(codec->shape, static_cast<age>(how))});
        }
        return made;
    }();
    return all;
}

std::string_view take_text(byte_span& rest) {
    const auto end = std::find(rest.begin(), rest.end(), std::byte{0});
    const auto size = static_cast<std::size_t>(end - rest.begin());
    const std::string_view text = acta::text_of(rest.first(size));
    rest = rest.subspan(std::min(size + 1, rest.size()));
    return text;
}

}  // namespace fuzzing

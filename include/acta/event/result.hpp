// What can go wrong, in one enum; result<T> for outcomes a program expects, failure for a world that is broken.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace acta {

/// Every way acta can say no. The comment behind each says what the caller should do.
enum class errc : std::uint8_t {
    conflict = 1,         ///< somebody else was faster: load again, decide again
    not_found,            ///< no such stream, file, type or row: check the name
    unknown_outcome,      ///< the append may or may not be stored: read the stream, or send again with the same command id
    misuse,               ///< a mistake in the calling program: mend the program
    bad_name,             ///< a stream, category, event or tag name breaks the rules: choose another name
    too_large,            ///< an event, a name or an append is over its limit: make it smaller or raise the limit
    not_a_store,          ///< the file is something else: check the path
    newer_format,         ///< written by a newer acta: upgrade this program
    read_only,            ///< no permission to write: mend the permissions or open for reading
    damaged,              ///< stored bytes are not what was written: restore from a copy, then look at the disk
    layout_mismatch,      ///< stored events have other fields than this program: raise the revision and add an upcast
    unknown_event,        ///< the stream holds an event that this program does not list: list it, or upgrade the program
    disk_full,            ///< nothing was stored: make room, the next append tries again
    io,                   ///< the system failed to read or write: see the text for the system's reason
    busy,                 ///< another process or thread holds what is needed: try again later
    bad_plugin,           ///< the file is no projection plugin for this acta: build it against this version
    projection_failed,    ///< an event handler of a projection threw: mend it, then replay again
    other_read_model,     ///< the read model belongs to another projection, revision or history: use another file or rebuild
    id_reused,            ///< a command id was used for another command before: give each command an id of its own
    outdated_read_model,  ///< the read model was made before the projection changed: rebuild it
    cancelled,            ///< somebody asked to stop: call again to go on
    bad_input,            ///< what was given from outside (a command line, a file) is malformed: the text names the place
};

/// The stable snake_case name of a code, as printed by the `acta` command.
const char* to_string(errc code) noexcept;

/// Thrown when the world or the caller is broken. `what()` names what, where, and what to do.
class failure : public std::runtime_error {
public:
    failure(errc code, const std::string& text) : std::runtime_error(text), code_(code) {}
    errc code() const noexcept { return code_; }

private:
    errc code_;
};

/// The error half of a result: a code for programs, a sentence for people.
struct error {
    errc code = errc::misuse;
    std::string text{};
};

/// A value or an error, for outcomes that a sound program has to expect. Not empty, no exceptions of its own:
/// reading the half that is not there throws failure(misuse), or the error itself when value() is asked of an error.
template <class T, class E = error>
class [[nodiscard]] result {
public:
    result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    result(E why) : held_(std::in_place_index<1>, std::move(why)) {}

    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    const T& value() const& { return require(), *std::get_if<0>(&held_); }
    T& value() & { return require(), *std::get_if<0>(&held_); }
    T&& value() && { return require(), std::move(*std::get_if<0>(&held_)); }
    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }

    const E& error() const {
        if (has_value()) throw failure(errc::misuse, "result::error() was asked of a result that holds a value: test it first");
        return *std::get_if<1>(&held_);
    }

private:
    void require() const {
        if (!has_value()) throw failure(std::get_if<1>(&held_)->code, std::get_if<1>(&held_)->text);
    }
    std::variant<T, E> held_;
};

}  // namespace acta

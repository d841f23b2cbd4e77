// One live projection object behind its table of C functions.
#pragma once

#include <acta/read/abi.h>

#include "replay/model_database.hpp"

#include <memory>
#include <string>

namespace acta::detail {

/// Throws failure(bad_plugin) with one sentence when a projection's table breaks a rule of abi.h. `from` names where it comes from.
void check_projection(const acta_projection& described, const std::string& from);

/// Owns the object that create() made, and its view of the read model. A failure of the projection is thrown as
/// failure(projection_failed) with its own words; if the world failed it (a full disk), as that.
class projection_object {
public:
    /// Creates the object; inside a transaction. `described` outlives it.
    projection_object(const acta_projection& described, const connection& on, authority& rules, definition how);
    projection_object(const projection_object&) = delete;
    projection_object& operator=(const projection_object&) = delete;
    ~projection_object() { described_.destroy(self_); }

    /// The SQL of its tables.
    const std::string& tables() const noexcept { return tables_; }

    /// Throws failure(layout_mismatch) when events of that type cannot be read.
    void learn(const acta_stored_type& type);
    /// This and flush() throw as well when the projection swallowed what its database had to say of the world.
    void apply(const acta_event& event) { require(described_.apply(self_, &event, fresh_error())); }
    void flush();

private:
    static constexpr std::size_t longest_error = 4'096;

    acta_error* fresh_error() noexcept {
        error_.size = 0;
        database_.forget_trouble();
        return &error_;
    }
    std::string said() const;
    void require(acta_status status) const {
        if (status != ACTA_OK || database_.trouble()) fail();
    }
    [[noreturn]] void fail() const;

    const acta_projection& described_;
    model_database database_;
    std::unique_ptr<char[]> error_text_ = std::make_unique<char[]>(longest_error);
    acta_error error_{error_text_.get(), longest_error, 0};
    void* self_ = nullptr;
    std::string tables_;
};

}  // namespace acta::detail

// What the system's error numbers mean to a caller: which errc, and what to do.
#pragma once

#include <acta/event/result.hpp>

namespace acta::detail {

/// Of an error number (errno) that opening, locking or writing a file gave.
errc code_of_system_error(int number) noexcept;
/// What to do about it, without a full stop.
const char* advice_on_system_error(int number) noexcept;

}  // namespace acta::detail

// expect: call to (non-.*constexpr.* function|consteval function)
#include <acta/event/event.hpp>

#include <cstdlib>

#ifdef ACTA_MISTAKE
acta::event_type make() { return {std::getenv("NAME"), 1}; }
#else
acta::event_type make() { return {"account.opened", 1}; }
#endif

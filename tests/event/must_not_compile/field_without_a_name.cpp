// expect: a field's name is not empty
#include <acta/event/field.hpp>

int cents = 0;
#ifdef ACTA_MISTAKE
auto field = acta::field("", cents);
#else
auto field = acta::field("cents", cents);
#endif

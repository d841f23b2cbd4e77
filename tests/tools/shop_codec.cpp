// The codecs of the shop's events, for the tests and for their plugins.
#include <acta/event/codec.hpp>

#include "shop.hpp"

ACTA_CODECS(shop::shop_events);

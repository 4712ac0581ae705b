// The one translation unit that compiles the bodies of Boost.JSON.
#include <boost/json/src.hpp>

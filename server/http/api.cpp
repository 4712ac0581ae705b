#include "server/http/api.hpp"

#include <algorithm>
#include <iterator>

#include "server/http/json.hpp"

namespace server::http {

namespace {

bool is_of_api(const std::vector<std::string>& path) { return path.size() > 2 && path[0] == "api" && path[1] == "v1"; }

Response wrong_method(std::string allowed) {
    Response response = problem(405);
    response.headers.emplace_back("Allow", std::move(allowed));
    return response;
}

}  // namespace

Api::Api(Control& control, Surface surface, Home home, EventHub& hub)
    : control_{control}, surface_{std::move(surface)}, home_{std::move(home)}, hub_{hub}, gate_{surface_.gate} {
    std::ranges::copy_if(routes(), std::back_inserter(served_), [&](const Route& route) { return serves(route.part); });
}

bool Api::serves(Route::Part part) const {
    switch (part) {
        case Route::Part::probe:
            return true;
        case Route::Part::metrics:
            return surface_.metrics;
        case Route::Part::phone:
            return surface_.phone;
        case Route::Part::console:
            return surface_.console;
        case Route::Part::api:
            return surface_.api;
    }
    return false;
}

// Strangers are not told what there is in the API, nor by which methods.
const Route* Api::answer(const Request& request, Respond respond) {
    const auto target = Target::parse(request.target);
    if (!target) {
        respond(problem(400, "the request target cannot be read"));
        return nullptr;
    }
    FoundRoute found = find_route(served_, request.method, target->path);
    const bool is_guarded = surface_.api && is_of_api(target->path);
    if (auto refusal = is_guarded ? gate_.refuse(request) : std::nullopt) {
        respond(std::move(*refusal));
    } else if (found.route) {
        (this->*found.route->answer)({request, *target, std::move(found.named)}, std::move(respond));
    } else {
        respond(found.allowed.empty() ? problem(404) : wrong_method(std::move(found.allowed)));
    }
    return found.route;
}

}  // namespace server::http

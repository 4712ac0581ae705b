// What the transaction machines ask for: the clients' two share one list, the servers' two another.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>

namespace sip {

enum class ClientAction : std::uint8_t { send_request, send_ack, pass_response, report_timeout, report_send_error };
using ClientActions = boost::container::static_vector<ClientAction, 4>;

// `send`: the response given to on_response; `send_again`: the last one sent; `pass_ack`: of a 2xx; `report_ack`: of a
// refusal.
enum class ServerAction : std::uint8_t { send, send_again, pass_ack, report_ack, report_no_ack, report_send_error };
using ServerActions = boost::container::static_vector<ServerAction, 4>;

}  // namespace sip

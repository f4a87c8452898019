"""The composition root: which concrete edge stands behind each port. Nowhere else says so.

Edges are imported when they are needed: `--help` must not pay for HTTP, TLS or Textual.
What its callers see is named here; `clusters` says which cluster is meant, `connecting` what a use
case gets of it, `recorder_processes` and `screens` what runs on that.
"""

from console.wiring.clusters import describe as describe
from console.wiring.clusters import read_only_there as read_only_there
from console.wiring.clusters import recorded_cluster as recorded_cluster
from console.wiring.clusters import why_read_only as why_read_only
from console.wiring.connecting import connect as connect
from console.wiring.connecting import look as look
from console.wiring.connecting import unasked as unasked
from console.wiring.embedded import embedded_routes as embedded_routes
from console.wiring.embedded import local_down as local_down
from console.wiring.embedded import local_ends_with_us as local_ends_with_us
from console.wiring.embedded import local_kubeconfig as local_kubeconfig
from console.wiring.embedded import local_lose as local_lose
from console.wiring.embedded import local_status as local_status
from console.wiring.embedded import local_up as local_up
from console.wiring.on_disk import archive as archive
from console.wiring.on_disk import call_outbox as call_outbox
from console.wiring.on_disk import deliveries as deliveries
from console.wiring.on_disk import delivery_edges as delivery_edges
from console.wiring.on_disk import evalai_queue as evalai_queue
from console.wiring.on_disk import now as now
from console.wiring.on_disk import object_place as object_place
from console.wiring.on_disk import place_target as place_target
from console.wiring.on_disk import place_writer as place_writer
from console.wiring.on_disk import publications as publications
from console.wiring.on_disk import publications_seen as publications_seen
from console.wiring.on_disk import publisher as publisher
from console.wiring.on_disk import publishing_file as publishing_file
from console.wiring.on_disk import publishing_rules as publishing_rules
from console.wiring.on_disk import recordings as recordings
from console.wiring.on_disk import remember_list as remember_list
from console.wiring.on_disk import store_of_recordings as store_of_recordings
from console.wiring.on_disk import targets as targets
from console.wiring.on_disk import update_item as update_item
from console.wiring.recorder_processes import detach as detach
from console.wiring.recorder_processes import record as record
from console.wiring.recorder_processes import recorder_process as recorder_process
from console.wiring.recorder_processes import recorders as recorders
from console.wiring.screens import open_console as open_console
from console.wiring.screens import open_replay as open_replay
from console.wiring.screens import serve_in_browser as serve_in_browser
from console.wiring.wanted import WantedCluster as WantedCluster
from console.wiring.wanted import demand_namespace as demand_namespace

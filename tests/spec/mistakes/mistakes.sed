# SPDX-License-Identifier: BSD-2-Clause
# Each line plants one mistake into base.cdl.
# kinds and architectures
s/^arch aarch64/arch arch64/
s/^arch aarch64//
s/requests = ep/requests = endpoint/
s/done\[3\] = notification/done[3] = notifcation/
s/server = tcb (/server = tbc (/
s/upper\[2\] = pud/upper[2] = pdpt/
s/code = frame (4k/code = frame (4K/
s/code = frame (4k/code = frame (12k/
s/code = frame (4k/code = frame (8k/
s/code = frame (4k, /code = frame (/
s/uart = frame (4k/uart = frame (2M/
s/server_cspace = cnode (4 bits)/server_cspace = cnode (4)/
s/server_cspace = cnode (4 bits)/server_cspace = cnode/
s/server_cspace = cnode (4 bits)/server_cspace = cnode (4 bits, 4 bits)/
s/server_cspace = cnode (4 bits)/server_cspace = cnode (64 bits)/
# parameters
s/prio: 100, max_prio: 120/prio: 300, max_prio: 120/
s/prio: 100, max_prio: 120/pri: 100, max_prio: 120/
s/prio: 100, max_prio: 120/prio 100, max_prio: 120/
s/prio: 100, max_prio: 120/prio: 100 max_prio: 120/
s/prio: 100, max_prio: 120/prio: , max_prio: 120/
s/prio: 100, max_prio: 120/prio: -1, max_prio: 120/
s/prio: 100, max_prio: 120/prio: 100, prio: 120/
s/sp: 0x204000, prio: 100/sp: 0x20400g, prio: 100/
s/sp: 0x204000, prio: 100/sp: 0x1000000000000000000, prio: 100/
s/resume: True/resume: yes/
s/init: \[1, 2\]/init: [1, 2/
s/trigger: level/trigger: high/
s/trigger: level, target: 0/trigger: level/
s/period: 10000, budget: 2000/period: 1000, budget: 2000/
s/period: 10000, budget: 2000/period: 10000/
s/paddr: 0x9000000/paddr: 0x9000800/
s/paddr: 0x9000000/paddr: 0x80000000/
s/paddr: 0x9000000/padr: 0x9000000/
s/21 bits, paddr: 0x80000000/20 bits, paddr: 0x80000000/
s/large = frame (2M, paddr: 0x80000000)/large = frame (2M, paddr: 0x90000000)/
s/{0 4096 CDL/{1 4096 CDL/
s/CDL_FrameFill_FileData "server.elf" 4096/CDL_FrameFill_FileData "server.elf"/
s/CDL_FrameFill_FileData/CDL_FrameFill_Filedata/
s/"server.elf" 4096}\]/"server.elf" 4096} {4096 0 CDL_FrameFill_FileData "x" 0}]/
s/"server.elf" 4096}/"server.elf 4096}/
s/    requests = ep/&  done = ep/
s/    requests = ep/&  client = ep/
s/    requests = ep/    requests ep/
s/    requests = ep/    requests = ep,/
s/    requests = ep/    requests = ep;/
s/    requests = ep/    2requests = ep/
s/    requests = ep/&  caps = ep/
s/spare\/log = ep/spare\/\/log = ep/
s/done\[3\] = notification/done[] = notification/
# brackets
/max_prio: 120, affinity: 0)/s/affinity: 0)/affinity: 0/
/sp: 0x204000, prio: 100/s/tcb (/tcb /
s/done\[3\] = /done[3 = /
/large = frame/,/}/s/^    }$//
/^    spare = ut/,/^}/s/^}$//
s/^objects {/objects/
s/^caps {/caps/
s/^caps {/cap {/
/bound_notification/,/}/s/^    }$//
s/cspace: server_cspace (guard_size: 60)/cspace: server_cspace (guard_size: 60/
s/badge: 9, RWG)/badge: 9 RWG)/
s/badge: 9, RWG)/bagde: 9, RWG)/
s/badge: 9, RWG)/badge: 9, RWQ)/
s/badge: 9, RWG)/badge: 9, R)/
s/badge: 9, RWG)/badge: nine, RWG)/
# capabilities
s/request_cap = requests (RWGP)/request_cap = request (RWGP)/
s/request_cap = requests (RWGP)/request_cap = requests[0] (RWGP)/
s/2: done\[\] (RW)/2: done (RW)/
s/2: done\[\] (RW)/2: done[1..3] (RW)/
s/2: done\[\] (RW)/3: done[] (RW)/
s/2: done\[\] (RW)/2: done[] (R W/
s/9: client$/19: client/
s/9: client$/5: client/
s/9: client$/9: client (RW)/
s/9: client$/9; client/
s/9: client$/9 client/
s/    client_cspace {$/    client_cspce {/
s/    client_cspace {$/    requests {/
s/<request_cap>/<request_kap>/
s/<request_cap>/<requests>/
s/<request_cap>/<request_cap/
s/- child_of/-child_of/
s/- child_of/- childof/
s/child_of request_cap/child_of request/
s/cspace: client_cspace/cspaces: client_cspace/
s/guard: 0, guard_size: 60/guard: 1, guard_size: 0/
s/guard: 0, guard_size: 60/guard: 0, guard_size: 62/
s/vspace: top\[1\]/vspace: middle[1]/
s/vspace: top\[1\]/vspace: top[2]/
s/ipc_buffer_slot: buffer\[1\]/ipc_buffer_slot: buffer[0]/
s/sc_slot: budget/sc_slot: client/
s/1: bottom\[0\]/1: upper[0]/
s/1: bottom\[1\]/1: bottom[0]/
s/1: bottom\[1\]/600: bottom[1]/
s/2: large (RW)/0: uart (RW)/
s/5: uart (RW, uncached)/5: large (RW)/
s/5: uart (RW, uncached)/5: uart (RW, uncachd)/
s/5: uart (RW, uncached)/5: uart (RW, badge: 1)/
s/0: done\[1\] (W, badge: 1)/1: done[1] (W, badge: 1)/
s/0: done\[1\] (W, badge: 1)/0: requests (W, badge: 1)/
# interrupts, derivations, domains
s/33: uart_irq/33 uart_irq/
s/33: uart_irq/41: uart_irq/
s/33: uart_irq/33: uart/
s/33: uart_irq/33: uart_irqq/
s/33: uart_irq/33: uart_irq 34: uart_irq/
s/(server_cspace, 2) {/(server_cspace, 12) {/
s/(server_cspace, 2) {/(server_cspace 2) {/
s/(server_cspace, 2) {/(server_cspce, 2) {/
s/(server_cspace, 2) { (client_cspace, 2) }/(server_cspace, 2)/
s/(1, 500 us)/(1, 0)/
s/(1, 500 us)/(1, 500 ms)/
s/(1, 500 us)/(1 500 us)/
s/(1, 500 us)/(999, 500 us)/
s/(1, 500 us)\]/(1, 500 us)/
s/domain_set_start: 0/domain_set_start: 2/
s/domain_set_start: 0/domain_start: 0/
s/^irq maps {/irqmaps {/

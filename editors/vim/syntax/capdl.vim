" SPDX-License-Identifier: BSD-2-Clause
" capDL specs, as docs/language.md describes them
if exists("b:current_syntax")
  finish
endif
syn iskeyword @,48-57,_,-,@-@,.,128-255
syn keyword capdlSection arch objects caps irq maps cdt domains
syn keyword capdlArch aarch64 riscv x86_64 arm11 ia32
syn keyword capdlKind ep notification rtreply tcb cnode ut frame asid_pool sc pt pd pud pgd pdpt pml4 ept_pml4 ept_pdpt ept_pd ept_pt vcpu irq ioapic_irq msi_irq arm_irq riscv_irq arm_sgi_signal io_ports io_device io_pt arm_io_device streamid contextbank smc leftover pd irq_control asid_control io_space_master io_port_control streamid_control contextbank_control domain sched_control
syn keyword capdlParameter addr affinity args asid asid_high at badge bank bits bootinfo budget cached child_of chunks contiguous core cspace cspace_bits data devices dom domain domainID entry external fault fault_ep fault_slot fill flags fpu_disabled guard guard_size id init ioapic_level ioapic_num ioapic_pin ioapic_polarity iospace ip ipc_buffer level map mapping modules masked master_reply max_prio msi_handle msi_pci_bus msi_pci_dev msi_pci_fun notification paddr period ports prio refills reply resume room set slots sp stack stack_top target timeout tls trigger uncached vspace
syn keyword capdlBoolean true false
syn match capdlNumber "\<\(0x\x\+\|0o\o\+\|\d\+\)[kMG]\?\>"
syn match capdlRights "[(,]\s*\zs[RWGPX]\+\ze\s*[,)]"
syn region capdlString start=+"+ skip=+\\.+ end=+"+ oneline
syn match capdlComment "--.*$"
syn region capdlComment start="/\*" end="\*/" contains=capdlComment
hi def link capdlSection Statement
hi def link capdlArch Constant
hi def link capdlKind Type
hi def link capdlParameter Identifier
hi def link capdlBoolean Boolean
hi def link capdlNumber Number
hi def link capdlRights Special
hi def link capdlString String
hi def link capdlComment Comment
let b:current_syntax = "capdl"
